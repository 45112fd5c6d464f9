# The lean recognition model, made beside the programs: build/share/Latin.traineddata.
set(BILAG_MODEL ${CMAKE_BINARY_DIR}/share/Latin.traineddata)
add_custom_command(OUTPUT ${BILAG_MODEL}
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/make-model ${BILAG_MODEL}
    DEPENDS ${CMAKE_SOURCE_DIR}/scripts/make-model
    COMMENT "Making the lean Latin model" VERBATIM)
add_custom_target(model ALL DEPENDS ${BILAG_MODEL})

# The trained weights lie beside it.
foreach(name type.model score.model calibration.txt certificate.txt)
    configure_file(${CMAKE_SOURCE_DIR}/models/trained/${name} ${CMAKE_BINARY_DIR}/share/${name} COPYONLY)
endforeach()

# The shipped document types.
file(GLOB types CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/types/*.yaml)
foreach(type ${types})
    get_filename_component(name ${type} NAME)
    configure_file(${type} ${CMAKE_BINARY_DIR}/share/types/${name} COPYONLY)
endforeach()
