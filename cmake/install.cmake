# A permanent installation: cmake --install BUILD --component bilag --prefix /usr. The unit of systemd/ looks for the
# programs there; anywhere else they find each other, model and weights as well.
include(GNUInstallDirs)
set(share ${CMAKE_BINARY_DIR}/share)
install(TARGETS bilag bilagd bilag-worker bilag-reader RUNTIME COMPONENT bilag)
install(DIRECTORY ${share}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/bilag COMPONENT bilag PATTERN man EXCLUDE)
foreach(page bilag.1 bilag.yaml.5 bilagd.8)
    string(REGEX MATCH "[0-9]$" section ${page})
    install(FILES ${share}/man/${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT bilag)
endforeach()
install(FILES systemd/bilag.service DESTINATION lib/systemd/system COMPONENT bilag)
install(FILES systemd/bilag.sysusers DESTINATION lib/sysusers.d RENAME bilag.conf COMPONENT bilag)
