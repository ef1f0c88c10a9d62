# SPDX-License-Identifier: MIT
#
# Packages: `cpack --config build/release/CPackConfig.cmake` makes a .deb,
# CPackSourceConfig.cmake a tarball of the source.
set(CPACK_PACKAGE_VENDOR "frwrsim")
set(CPACK_PACKAGE_CONTACT "frwrsim developers <frwrsim@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
  "Interleaves the contexts of the Linux NFS/RDMA client statement by
 statement, by seed or exhaustively, and shows how a memory region could
 be DMA-unmapped twice when a connection was lost while a request was
 being marshaled; and that it cannot be under the upstream fix.")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "bash-completion, libboost-dev, cmake")

set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME "frwrsim-${PROJECT_VERSION}")
set(CPACK_SOURCE_IGNORE_FILES "/build/;/\\\\.git/;/\\\\.git$;~$;/node_modules/;__pycache__")

# What Debian expects beside a program: the licence and what changed, compressed
# without a time in it.
include(GNUInstallDirs)
find_program(FRWRSIM_GZIP gzip)
if(FRWRSIM_GZIP)
  set(FRWRSIM_CHANGELOG ${PROJECT_BINARY_DIR}/changelog.gz)
  add_custom_command(OUTPUT ${FRWRSIM_CHANGELOG}
    COMMAND ${FRWRSIM_GZIP} -9 -n -c ${CMAKE_CURRENT_LIST_DIR}/debian-changelog > ${FRWRSIM_CHANGELOG}
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/debian-changelog VERBATIM)
  add_custom_target(changelog ALL DEPENDS ${FRWRSIM_CHANGELOG})
  install(FILES ${FRWRSIM_CHANGELOG} DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright
  DESTINATION ${CMAKE_INSTALL_DOCDIR})

include(CPack)
