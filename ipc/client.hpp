#pragma once
#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <tl/expected.hpp>

#include "ipc/error.hpp"
#include "ipc/limits.hpp"

namespace ipc {

// A blocking Varlink client over a Unix stream socket, for one thread. One call at a time; a connection that
// failed stays failed. Time-outs are for each reply, not for a whole stream.
class Client {
 public:
  static constexpr std::chrono::milliseconds forever = std::chrono::milliseconds::max();
  using Result = tl::expected<json::object, Error>;

  // Address: PATH or unix:PATH ("unix:@NAME" is refused: abstract sockets are not used).
  static tl::expected<Client, Error> connect(std::string_view address, Limits limits = {});
  // Takes over a connected descriptor.
  explicit Client(int connected_fd, Limits limits = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // The parameters of the reply.
  Result call(std::string_view method, json::object parameters = {},
              std::chrono::milliseconds timeout = std::chrono::seconds(30));
  // Calls with `more`: each reply but the last goes to the callback; false from it ends the call and with it
  // the connection (the result is empty then). Returns the last reply.
  Result call_more(std::string_view method, json::object parameters,
                   const std::function<bool(json::object)>& each,
                   std::chrono::milliseconds timeout = forever);
  // Nothing will come back; success means only that the call was handed to the kernel.
  tl::expected<void, Error> call_oneway(std::string_view method, json::object parameters = {},
                                        std::chrono::milliseconds timeout = std::chrono::seconds(30));

 private:
  // `each` is null for a call for one reply.
  Result exchange(std::string_view method, const json::object& parameters,
                  const std::function<bool(json::object)>* each, std::chrono::milliseconds timeout);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ipc
