/*
 * Languages by their small words and letters, and by the key phrases only one of them prints. The
 * three Scandinavian ones differ in few words, so those that tell them apart weigh double. Letters
 * weigh no more than the words do: French has the é of Hungarian and none of its words.
 */
#include "pipeline/sort/language.h"

#include <math.h>
#include <string.h>

static const char *const codes[] = {"en", "nb", "sv", "da", "hu", "de"};

/* Lower case, spaces around each; words that several of the six share are left out or stand in
 * each. */
static const char *const small_words[] = {
    " the and of to for with this your you from by is are we our please no within ltd road street ",
    " og av til fra ikke etter ved som vi dere deres vår være mva postboks veien gate norge "
    "kontonr "
    "måned dager uten eller faktura etter forfall ",
    " och av till från inte efter vid som vi er ert vår vara moms för är gatan vägen sverige med "
    "att "
    "på eller faktura utan dagar ",
    " og af til fra ikke efter ved som vi jeres vores være moms for er gade vej danmark med at på "
    "eller faktura uden dage ",
    " és a az van nem egy vagy hogy kft utca út számla áfa db nap magyarország budapest össz "
    "kérjük "
    "alapján szám ",
    " und der die das von zu mit für nicht ist wir ihre ihr sie bitte den dem auf im am bei ust "
    "str "
    "straße gmbh rechnung innerhalb oder "};

static const char *const strong_words[] = {
    " the and your with please within ",
    " av mva å betale til forfall veien oslo etter dere ikke uke ",
    " och för att är från inte sverige momsreg efter ",
    " af moms ikke betales efter danmark cvr jeres og ",
    " és áfa kft az számla kelt összesen ",
    " und der die für mit innerhalb rechnung mwst ust ihre "};

static const char *const letters[] = {"", "æøå", "äöå", "æøå", "őűáéíóöúü", "äöüß"};

static bool holds(const char *list, const char *word)
{
    char spaced[40];
    size_t n = strlen(word);

    if (n + 3 > sizeof spaced)
        return false;
    spaced[0] = ' ';
    memcpy(spaced + 1, word, n);
    memcpy(spaced + 1 + n, " ", 2);
    return strstr(list, spaced) != NULL;
}

/* ASCII lower case is enough: accents stay and are compared as they are. */
static void lower(const char *text, char out[32])
{
    size_t n = 0;

    for (; *text && n + 1 < 32; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x80 && strchr(".,:;()\"", c))
            continue;
        out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
    }
    out[n] = '\0';
}

/* Letters of two bytes, each looked for in the language's own. */
static float letter_score(const char *text, const char *own)
{
    float score = 0;

    for (const char *p = text; p[0] && p[1]; p++) {
        unsigned char c = (unsigned char)*p;

        if (c < 0xc3 || c > 0xc5)
            continue;
        for (const char *o = own; o[0] && o[1]; o += 2)
            if (o[0] == p[0] && o[1] == p[1])
                score += 0.3f;
    }
    return score;
}

const char *language_of(const struct sheet *s)
{
    float words[6] = {0}, letter[6] = {0}, best = 1.5f;
    const char *language = "";

    for (int i = 0; i < s->n_tokens; i++) {
        char word[32];

        lower(s->tokens[i].text, word);
        for (int k = 0; k < 6; k++) {
            words[k] += holds(small_words[k], word) ? 1 : 0;
            words[k] += holds(strong_words[k], word) ? 2 : 0;
            letter[k] += letter_score(word, letters[k]);
        }
    }
    for (int m = 0; m < s->n_mentions; m++) {
        int shared = __builtin_popcount(s->mentions[m].languages);

        for (int k = 0; k < 6; k++)
            if (s->mentions[m].languages >> k & 1)
                words[k] += (shared == 1 ? 2.5f : 1.0f / (float)shared) *
                            (s->mentions[m].is_near ? 0.5f : 1);
    }
    for (int k = 0; k < 6; k++) {
        float score = words[k] + fminf(letter[k], words[k]);

        if (score > best) {
            best = score;
            language = codes[k];
        }
    }
    return language;
}
