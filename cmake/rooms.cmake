# bilag_room(name SOURCES … PACKAGES pkg-config names … ROOMS rooms below …): a static library with our
# warnings. Packages are linked PRIVATE to consumers' headers except where a room's header needs them.
function(bilag_compile_options target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
        -Wformat=2 -Wvla -Wundef -Wno-format-nonliteral -Wno-format-zero-length $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>
        $<$<C_COMPILER_ID:Clang>:-Wno-missing-field-initializers>
        -include ${CMAKE_SOURCE_DIR}/base/banned.h)
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE BILAG_VERSION="${PROJECT_VERSION}")
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
endfunction()

function(bilag_packages target)
    foreach(package ${ARGN})
        string(MAKE_C_IDENTIFIER ${package} id)
        pkg_check_modules(${id} REQUIRED IMPORTED_TARGET ${package})
        target_link_libraries(${target} PUBLIC PkgConfig::${id})
    endforeach()
endfunction()

function(bilag_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;PACKAGES;ROOMS;LIBRARIES" ${ARGN})
    add_library(${name} STATIC ${ROOM_SOURCES})
    bilag_compile_options(${name})
    bilag_packages(${name} ${ROOM_PACKAGES})
    target_link_libraries(${name} PUBLIC ${ROOM_ROOMS} ${ROOM_LIBRARIES} m)
endfunction()

# bilag_program(name SOURCES … ROOMS …): a binary in build/bin.
function(bilag_program name)
    cmake_parse_arguments(PROGRAM "" "" "SOURCES;PACKAGES;ROOMS;LIBRARIES" ${ARGN})
    add_executable(${name} ${PROGRAM_SOURCES})
    bilag_compile_options(${name})
    bilag_packages(${name} ${PROGRAM_PACKAGES})
    target_link_libraries(${name} PRIVATE ${PROGRAM_ROOMS} ${PROGRAM_LIBRARIES} m)
endfunction()
