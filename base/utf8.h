/*
 * Text from outside: is it UTF-8, and what is it when case and accents do not matter?
 * The Unicode facts are ICU's; a table of the Latin blocks makes the common case fast.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

bool utf8_is_valid(const char *bytes, size_t length); /* strict; NUL bytes are refused */

/* The code point at *p, moved past it; U+FFFD for a bad byte (one byte passed). 0 at the end. */
uint32_t utf8_next(const char **p);

size_t utf8_encode(uint32_t c, char out[4]); /* bytes written, 1 to 4 */
size_t utf8_count(const char *text);         /* code points */
bool utf8_is_alnum(uint32_t c);              /* a letter or digit of any script */

/*
 * Lower case without accents: "Å" → "a", "Ø" → "o", "Æ" → "ae", "ß" → "ss", "Ő" → "o". Writes at
 * most size - 1 bytes and a NUL, cutting at a character; returns the length written.
 */
size_t utf8_fold(const char *text, char *out, size_t size);

/* The first `count` characters as capitals, where there is one of its own ("ß" stays). In arena. */
char *utf8_capitalised(struct arena *a, const char *text, size_t count);

/* Copies text with bad bytes, control and bidirectional characters replaced by U+FFFD or dropped:
 * what is safe to log, print or store. `out` holds at least 3 x strlen(text) + 1 bytes. */
void utf8_clean(const char *text, size_t length, char *out);

char *utf8_cleaned(struct arena *a, const char *text, size_t length); /* the same, in arena */

#endif
