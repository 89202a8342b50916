// Prints the tables of docs/configuration.md.
#include <cstdio>

#include "daemon/config/config.hpp"

int main() {
  std::fputs(config::reference().c_str(), stdout);
}
