/*
 * Heads of the chain that leave the machine: one JSON line, signed with Ed25519 over its plain
 * parts. Whoever keeps the lines elsewhere can show that the chain still holds what it held then.
 * The key lies beside the data; an intruder who takes it can sign a new chain, but not change a
 * line that was copied away before.
 */
#include "stores/audit_add.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "stores/db.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(((struct audit_key *)0)->secret) == crypto_sign_SECRETKEYBYTES, "Ed25519");
_Static_assert(sizeof(((struct audit_key *)0)->open) == crypto_sign_PUBLICKEYBYTES, "Ed25519");

#define SIGNATURE_HEX_SIZE (2 * crypto_sign_BYTES + 1)
#define OPEN_HEX_SIZE (2 * crypto_sign_PUBLICKEYBYTES + 1)

static int make_key(const char *path, const char *open_path, struct audit_key *key, struct err *err)
{
    char hex[OPEN_HEX_SIZE + 1];
    int r;

    crypto_sign_keypair(key->open, key->secret);
    sodium_bin2hex(hex, sizeof hex, key->open, sizeof key->open);
    hex[OPEN_HEX_SIZE - 1] = '\n';
    r = file_write(open_path, hex, OPEN_HEX_SIZE, 0644, err);
    return r < 0 ? r : file_write(path, key->secret, sizeof key->secret, 0600, err);
}

int audit_key_load(const char *folder, struct audit_key *ret, struct err *err)
{
    AUTO_FREE char *path = mem_printf("%s/audit.key", folder);
    AUTO_FREE char *open_path = mem_printf("%s/audit.pub", folder);
    AUTO_BUF struct buf b;
    int r;

    if (sodium_init() < 0)
        BUG("libsodium does not start");
    buf_init(&b, sizeof ret->secret);
    if (!file_exists(path))
        return make_key(path, open_path, ret, err);
    r = file_read(path, &b, err);
    if (r < 0)
        return r;
    if (b.length != sizeof ret->secret)
        return err_set(err, ERR_INVALID, "%s: not a key of ours", path);
    memcpy(ret->secret, b.data, sizeof ret->secret);
    crypto_sign_ed25519_sk_to_pk(ret->open, ret->secret);
    return 0;
}

/* What is signed: "bilag audit head\n" and the parts, a line each. */
static char *signed_text(const char *chain, const struct audit_head *head, const char *at)
{
    return mem_printf("bilag audit head\n%s\n%" PRId64 "\n%s\n%s\n", chain, head->rows, head->hash,
                      at);
}

int audit_sign_head(struct audit *c, const struct audit_key *key, struct buf *line, struct err *err)
{
    AUTO_JSON json_t *json = json_object();
    AUTO_FREE char *text = NULL;
    struct audit_head head = {0};
    unsigned char signature[crypto_sign_BYTES];
    char at[CLOCK_TEXT_SIZE], hex[SIGNATURE_HEX_SIZE];
    int r = audit_load_head(c, &head, err);

    if (r < 0)
        return r;
    clock_format(clock_now_ms(), at);
    text = signed_text(c->name, &head, at);
    crypto_sign_detached(signature, NULL, (unsigned char *)text, strlen(text), key->secret);
    json_set_text(json, "chain", c->name);
    json_set_int(json, "rows", head.rows);
    json_set_text(json, "hash", head.hash);
    json_set_text(json, "at", at);
    json_set_text(json, "key", sodium_bin2hex(hex, sizeof hex, key->open, sizeof key->open));
    json_set_text(json, "signature", sodium_bin2hex(hex, sizeof hex, signature, sizeof signature));
    json_print(json, line);
    buf_add_char(line, '\n');
    return 0;
}

static int check_signature(struct audit *c, const struct audit_key *key, const json_t *json,
                           struct audit_head *ret, struct err *err)
{
    AUTO_FREE char *text = NULL;
    const char *hash = json_get_text(json, "hash", "");
    const char *hex = json_get_text(json, "signature", "");
    unsigned char signature[crypto_sign_BYTES];
    size_t length = 0;

    if (strcmp(json_get_text(json, "chain", ""), c->name) != 0)
        return err_set(err, ERR_INVALID, "this is no head of the %s chain", c->name);
    if (!hash_is_hex(hash))
        return err_set(err, ERR_INVALID, "the head holds no hash");
    ret->rows = json_get_int(json, "rows", 0);
    memcpy(ret->hash, hash, sizeof ret->hash);
    text = signed_text(c->name, ret, json_get_text(json, "at", ""));
    if (sodium_hex2bin(signature, sizeof signature, hex, strlen(hex), NULL, &length, NULL) < 0 ||
        length != sizeof signature ||
        crypto_sign_verify_detached(signature, (unsigned char *)text, strlen(text), key->open) < 0)
        return err_set(err, ERR_INVALID, "the head was not signed with this key");
    return 0;
}

/* The chain must still hold that row with that hash; the empty chain's head fits any chain. */
static int check_row_hash(struct audit *c, const struct audit_head *head, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int r = head->rows == 0 ? 0
                            : db_select(c->db, &rows, err,
                                        "SELECT hash FROM audit WHERE number = ?", "i", head->rows);

    if (r < 0 || head->rows == 0)
        return r;
    r = db_next(&rows, err);
    if (r < 0)
        return r;
    if (r == 0)
        return err_set(err, ERR_INVALID, "the chain was cut: row %" PRId64 " is missing",
                       head->rows);
    if (strcmp(db_text(&rows, 0), head->hash) != 0)
        return err_set(err, ERR_INVALID, "the chain was changed at or before row %" PRId64,
                       head->rows);
    return 0;
}

int audit_check_head(struct audit *c, const struct audit_key *key, const char *line,
                     struct err *err)
{
    AUTO_JSON json_t *json = NULL;
    struct audit_head head = {0};
    int r = json_parse(line, strlen(line), &json, err);

    if (r == 0)
        r = check_signature(c, key, json, &head, err);
    return r < 0 ? r : check_row_hash(c, &head, err);
}
