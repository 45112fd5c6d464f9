/* bilag up: becomes the supervisor, in the foreground, with the words it was given. */
#include "base/mem.h"
#include "base/spawn.h"
#include "workers/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int command_up(int argc, char **argv)
{
    static const struct cli_option options[] = {{0}};
    const struct command *command = command_find("up", NULL);
    AUTO_FREE char *program = spawn_path_beside("bilagd");
    struct cli cli;
    int r = cli_parse(argc, argv, command, options, 0, 0, &cli);

    if (r != 0)
        return r < 0 ? 2 : 0;
    argv[0] = program;
    execv(program, argv);
    fprintf(stderr, "bilag: cannot start %s\n", program);
    return 1;
}
