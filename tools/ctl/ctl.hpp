#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ipc/client.hpp"
#include "tools/ctl/terminal.hpp"

// cardwrightctl: the commands of an operator at the station, over its socket.
namespace ctl {

// The exit status is part of the contract with scripts.
enum class Exit { done = 0, refused = 1, usage = 2, noDaemon = 3, someCardsFailed = 4 };

// The station as a command sees it: a connection, or what a test puts in its place.
class Station {
 public:
  virtual ~Station() = default;
  virtual ipc::Client::Result call(std::string_view method, ipc::json::object parameters) = 0;
  virtual ipc::Client::Result call_more(std::string_view method, ipc::json::object parameters,
                                        const std::function<bool(ipc::json::object)>& each) = 0;
};

using Connect = std::function<tl::expected<std::unique_ptr<Station>, ipc::Error>(const std::string& address)>;

// The whole program but its surroundings. `arguments` are without the program's name.
Exit run(std::vector<std::string> arguments, const Terminal& terminal, const Connect& connect);

}  // namespace ctl
