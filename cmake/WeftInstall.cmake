# The installed package: headers under include/weft, the library, weftConfig.cmake, weft.pc.
include(CMakePackageConfigHelpers)
option(WEFT_INSTALL "Install weft with the project" ${PROJECT_IS_TOP_LEVEL})
if(NOT WEFT_INSTALL)
  return()
endif()

get_property(weft_packages GLOBAL PROPERTY weft_packages)
get_property(weft_pkgconfig_modules GLOBAL PROPERTY weft_pkgconfig_modules)
set(weft_find_dependencies "")
foreach(package IN LISTS weft_packages)
  string(APPEND weft_find_dependencies "find_dependency(${package})\n")
endforeach()
list(JOIN weft_pkgconfig_modules " " weft_requires_private)
set(weft_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
file(RELATIVE_PATH weft_prefix_from_pc
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" weft_prefix_from_pc "${weft_prefix_from_pc}")

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/weftConfig.cmake.in
  ${PROJECT_BINARY_DIR}/weftConfig.cmake INSTALL_DESTINATION ${weft_cmake_dir})
# Before 1.0 a minor version may change an interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weftConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
configure_file(${PROJECT_SOURCE_DIR}/cmake/weft.pc.in ${PROJECT_BINARY_DIR}/weft.pc @ONLY)

install(TARGETS weft EXPORT weftTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT weft
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT weft
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT weft)
install(EXPORT weftTargets NAMESPACE weft:: DESTINATION ${weft_cmake_dir} COMPONENT weft)
install(FILES ${PROJECT_BINARY_DIR}/weftConfig.cmake ${PROJECT_BINARY_DIR}/weftConfigVersion.cmake
  DESTINATION ${weft_cmake_dir} COMPONENT weft)
install(FILES ${PROJECT_BINARY_DIR}/weft.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT weft)
foreach(path IN LISTS weft_public_paths)
  if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/${path})
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/${path} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/weft
      COMPONENT weft FILES_MATCHING PATTERN "*.h")
  elseif(EXISTS ${PROJECT_SOURCE_DIR}/${path})
    install(FILES ${PROJECT_SOURCE_DIR}/${path} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/weft COMPONENT weft)
  endif()
endforeach()
