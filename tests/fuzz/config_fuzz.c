/* Configuration files: refused with "name:line:column: …", or every value within its range. */
#include "base/yaml.h"
#include "models/settings.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    struct settings s;
    struct err err = {0};
    const char *unknown = NULL;
    struct yaml_value *values;
    size_t count;

    settings_init(&s);
    count = s.config.count;
    arena_init(&a, (size_t)64 << 20);
    values = arena_alloc_array(&a, count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i].path = s.config.options[i].path;
    if (yaml_load("f", bytes, length, values, count, &a, &unknown, &err) < 0) {
        MUST(strncmp(err.text, "f:", 2) == 0 && err.text[2] >= '1' && err.text[2] <= '9');
        count = 0;
    }
    for (size_t i = 0; i < count; i++)
        if (values[i].text)
            config_set(&s.config, values[i].path, values[i].text, CONFIG_USER_FILE, "f", &err);
    MUST(s.limits.pages >= 1 && s.limits.pages <= 10000);
    MUST(s.post.confidence >= 0 && s.post.confidence <= 1);
    settings_release(&s);
}
