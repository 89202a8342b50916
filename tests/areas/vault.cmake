cardwright_test(vault_test
  SOURCES unit/vault/keys_test.cpp unit/vault/pin_test.cpp unit/vault/vault_test.cpp
  LIBS vault)
