# weft_depends_on(<package> TARGETS <target>... [PKGCONFIG <module>...])
# Links a library that only our .cc files see, and notes it for the installed package: a static
# weft makes its user link it too, so weftConfig.cmake and weft.pc have to name it.
set_property(GLOBAL PROPERTY weft_packages "")
set_property(GLOBAL PROPERTY weft_pkgconfig_modules "")

function(weft_depends_on package)
  cmake_parse_arguments(arg "" "" "TARGETS;PKGCONFIG" ${ARGN})
  find_package(${package} REQUIRED)
  target_link_libraries(weft PRIVATE ${arg_TARGETS})
  set_property(GLOBAL APPEND PROPERTY weft_packages ${package})
  set_property(GLOBAL APPEND PROPERTY weft_pkgconfig_modules ${arg_PKGCONFIG})
endfunction()
