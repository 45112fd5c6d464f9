/* Reads one line of text: recogniser-example MODEL.traineddata LINE.pgm */
#include "base/arena.h"
#include "base/err.h"
#include "recogniser/recogniser.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct recogniser_options options = {.path = argc == 3 ? argv[1] : ""};
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    struct line_image line = {0};
    unsigned char *pixels;
    struct recognised_line text;
    struct recogniser *r;
    struct arena a;
    struct err err;
    size_t size;

    arena_init(&a, (size_t)256 << 20);
    if (!file || fscanf(file, "P5 %4d %4d 255%*c", &line.width, &line.height) != 2 ||
        line.width < 1 || line.height < 1)
        return fputs("usage: recogniser-example MODEL.traineddata LINE.pgm\n", stderr), 2;
    line.stride = line.width;
    size = (size_t)line.width * (size_t)line.height;
    line.pixels = pixels = arena_alloc(&a, size);
    if (fread(pixels, 1, size, file) != size)
        return fputs("recogniser-example: the picture is cut off\n", stderr), 1;
    if (recogniser_new(&options, &r, &err) < 0 || recogniser_read(r, &a, &line, 1, &text, &err) < 0)
        return fprintf(stderr, "recogniser-example: %s\n", err.text), 1;
    for (size_t i = 0; i < text.word_count; i++)
        printf("%s %.3f\n", text.words[i].text, (double)text.words[i].certainty);
    recogniser_free(r);
    arena_release(&a);
    return 0;
}
