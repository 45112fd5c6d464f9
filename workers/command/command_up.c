/* bilag up: becomes the supervisor, in the foreground, with the words it was given. */
#include "base/err.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "workers/command/commands.h"

#include <unistd.h>

static int up(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_FREE char *program = spawn_path_beside("bilagd");

    (void)house;
    cli->argv[0] = program;
    execv(program, cli->argv);
    return err_errno(err, ERR_IO, "cannot start %s", program);
}

const struct command commands_up[] = {
    {"up", NULL, "", "Start everything and stay in the foreground", NULL, 0, 0, COMMAND_BARE, up},
    {0}};
