cardwright_test(runtime_test SOURCES unit/runtime/idempotency_test.cpp unit/runtime/runner_test.cpp unit/runtime/summary_test.cpp unit/runtime/worker_test.cpp LIBS runtime)
