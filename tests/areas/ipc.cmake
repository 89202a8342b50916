cardwright_test(ipc_test
  SOURCES unit/ipc/binder_test.cpp unit/ipc/frame_test.cpp unit/ipc/idl_test.cpp
          unit/ipc/server_test.cpp unit/ipc/connection_test.cpp unit/ipc/client_test.cpp
  LIBS ipc)
cardwright_fuzzer(ipc_message_fuzz SOURCES fuzz/ipc_message_fuzz.cpp LIBS ipc CORPUS fuzz/corpus/ipc/message)
cardwright_fuzzer(idl_fuzz SOURCES fuzz/idl_fuzz.cpp LIBS ipc CORPUS fuzz/corpus/ipc/idl)
add_subdirectory(conformance/varlink)
