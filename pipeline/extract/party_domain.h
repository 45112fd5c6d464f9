/*
 * What mail addresses and web pages on the paper say about a company's name: domains are its first
 * word, spelt once more in other print. Private to party*.c.
 */
#ifndef EXTRACT_PARTY_DOMAIN_H
#define EXTRACT_PARTY_DOMAIN_H

#include "pipeline/extract/sheet.h"

enum party_domain {
    DOMAIN_NONE,   /* no domain resembles the word */
    DOMAIN_NEAR,   /* one does but for a letter or two: one of them is misread */
    DOMAIN_BEGINS, /* one begins with it */
    DOMAIN_SAME,   /* one is the word, as far as recognisers can tell i from l and 0 from O */
    DOMAIN_EXACT,  /* one is the word, letter for letter */
};

/* How the nearest domain on the paper spells the word at token `first`. */
enum party_domain party_domain(const struct sheet *s, int first);

#endif
