# SPDX-License-Identifier: MIT
#
# The engine as a library: find_package(frwrsim), target frwrsim::sim (docs/embedding.md).
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(FRWRSIM_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/frwrsim)
install(TARGETS sim EXPORT frwrsim ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/frwrsim
  FILES_MATCHING PATTERN "*.h")
install(EXPORT frwrsim NAMESPACE frwrsim:: FILE frwrsimTargets.cmake
  DESTINATION ${FRWRSIM_CMAKE_DIR})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/frwrsimConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/frwrsimConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/frwrsimConfigVersion.cmake
  DESTINATION ${FRWRSIM_CMAKE_DIR})
