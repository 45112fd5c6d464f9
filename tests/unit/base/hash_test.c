/* SHA-256 against the vectors of FIPS 180-4, whole and in parts. */
#include "base/hash.h"

#include "tests/unit/unit.h"

#include <sodium.h>

static void known_vectors(void **state)
{
    char hex[HASH_HEX_SIZE];

    (void)state;
    hash_bytes("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_bytes("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void a_million_letters_in_uneven_parts(void **state)
{
    char hex[HASH_HEX_SIZE], letters[997];
    struct hash h;

    (void)state;
    memset(letters, 'a', sizeof letters);
    hash_init(&h);
    for (size_t done = 0, n; done < 1000000; done += n) {
        n = 1000000 - done < sizeof letters ? 1000000 - done : sizeof letters;
        hash_add(&h, letters, n);
    }
    hash_finish(&h, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Two libraries beside each other, in whatever pieces the bytes come. */
static void parts_of_every_length_make_the_same(void **state)
{
    unsigned char bytes[300], digest[crypto_hash_sha256_BYTES];
    char wanted[HASH_HEX_SIZE], hex[HASH_HEX_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * i + 7 * i);
    crypto_hash_sha256(digest, bytes, sizeof bytes);
    sodium_bin2hex(wanted, sizeof wanted, digest, sizeof digest);
    for (size_t first = 0; first <= 150; first++)
        for (size_t second = first; second <= sizeof bytes; second++) {
            struct hash h;

            hash_init(&h);
            hash_add(&h, bytes, first);
            hash_add(&h, bytes + first, second - first);
            hash_add(&h, bytes + second, sizeof bytes - second);
            hash_finish(&h, hex);
            assert_string_equal(hex, wanted);
        }
}

static void hex_is_recognised_strictly(void **state)
{
    char hex[HASH_HEX_SIZE + 1];

    (void)state;
    hash_bytes("abc", 3, hex);
    assert_true(hash_is_hex(hex));
    hex[0] = 'B';
    assert_false(hash_is_hex(hex));
    hex[0] = 'b';
    hex[63] = '\0';
    assert_false(hash_is_hex(hex));
    hash_random_hex(hex, 65);
    assert_false(hash_is_hex(hex));
}

static void random_digits_differ(void **state)
{
    char a[33], b[33];

    (void)state;
    hash_random_hex(a, 32);
    hash_random_hex(b, 32);
    assert_int_equal(strspn(a, "0123456789abcdef"), 32);
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_vectors),
        cmocka_unit_test(a_million_letters_in_uneven_parts),
        cmocka_unit_test(parts_of_every_length_make_the_same),
        cmocka_unit_test(hex_is_recognised_strictly),
        cmocka_unit_test(random_digits_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
