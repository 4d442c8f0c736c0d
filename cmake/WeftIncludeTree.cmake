# In the checkout a header is runtime/task/coro.h; everybody includes it as weft/runtime/task/coro.h, in
# the build tree as after an installation. Links make it so; a link to a folder that does not exist
# yet is no harm and needs no new configure run when the folder appears.
set(weft_include_tree ${PROJECT_BINARY_DIR}/include)
set(weft_public_paths weft.h runtime primitives executors io inspect testing)

file(MAKE_DIRECTORY ${weft_include_tree}/weft)
foreach(path IN LISTS weft_public_paths)
  set(link ${weft_include_tree}/weft/${path})
  if(NOT IS_SYMLINK ${link})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${path} ${link} SYMBOLIC)
  endif()
endforeach()
