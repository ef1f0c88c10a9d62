# SPDX-License-Identifier: MIT
#
# find_package(frwrsim): the engine as a library, target frwrsim::sim.
include(CMakeFindDependencyMacro)
find_dependency(Boost 1.74)
find_dependency(Threads)
include("${CMAKE_CURRENT_LIST_DIR}/frwrsimTargets.cmake")
