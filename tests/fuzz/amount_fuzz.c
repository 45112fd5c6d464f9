/* Printed amounts and the signs of check digits: any text is refused or read within range. */
#include "pipeline/extract/amount.h"
#include "pipeline/extract/checks.h"
#include "tests/fuzz/fuzz.h"

static void run_checks(const char *text)
{
    static bool (*const checks[])(const char *) = {
        check_luhn,
        check_mod11,
        check_no_organisation,
        check_no_account,
        check_se_organisation,
        check_dk_cvr,
        check_hu_tax,
        check_hu_account,
        check_de_vat,
        check_gb_vat,
        check_iban,
        check_rf,
        check_kid,
        check_bankgiro,
        check_plusgiro,
    };
    AUTO_FREE char *repaired = mem_strdup(text);
    bool is_proved;

    for (size_t i = 0; i < ARRAY_LENGTH(checks); i++)
        checks[i](text);
    check_vat_id(text, &is_proved);
    if (repair_iban(repaired, true))
        MUST(check_iban(repaired) && strlen(repaired) == strlen(text));
}

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_FREE char *text = fuzz_text(bytes, length);
    struct amount amount;

    for (int may_repair = 0; may_repair < 2; may_repair++)
        if (amount_parse(text, may_repair, &amount)) {
            MUST(amount.decimals >= -1 && amount.decimals <= 10);
            MUST(strpbrk(text, "0123456789OolISBZ|"));
            amount_to_minor(amount.value);
        }
    run_checks(text);
}
