#pragma once
#include "tools/ctl/ctl.hpp"

namespace ctl {

// The member as text, ready to be printed; empty when it is absent or null.
std::string text(const ipc::json::object& object, std::string_view member);

struct Explanation {
  std::string what;    // what happened, and to which card or batch
  std::string advice;  // what to do; may be empty
};

Explanation explain(const ipc::Error& error);
Exit exit_for(const ipc::Error& error);

}  // namespace ctl
