# cmake -DSOURCE=library.lua -DTARGET=library.c -DNAME=queue_library -P embed.cmake
# Turns a text file into a C array and its length.
file(READ ${SOURCE} hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE ${TARGET} "#include <stddef.h>
extern const unsigned char ${NAME}[];
extern const size_t ${NAME}_length;
const unsigned char ${NAME}[] = {\n${bytes}\n};
const size_t ${NAME}_length = sizeof ${NAME};\n")
