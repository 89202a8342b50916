cardwright_test(ipc_test
  SOURCES unit/ipc/binder_test.cpp unit/ipc/frame_test.cpp unit/ipc/idl_test.cpp
          unit/ipc/server_test.cpp unit/ipc/connection_test.cpp unit/ipc/client_test.cpp
  LIBS ipc)
add_subdirectory(conformance/varlink)
