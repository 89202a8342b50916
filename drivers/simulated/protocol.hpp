#pragma once
#include <boost/json.hpp>
#include <string_view>

#include "drivers/api/printer.hpp"

// What a printer driver and a simulated printer say to each other over a Unix stream socket; both ends
// include this. See README.md for the requests and replies.
namespace simulated {

// One message: a line of JSON, then `attached` bytes when the object has that member.
struct Message {
  boost::json::object header;
  api::Bytes attachment;
};

inline constexpr std::size_t header_bytes_max = 64 * 1024;
inline constexpr std::size_t attachment_bytes_max = 64 * 1024 * 1024;  // two faces of 1036 × 664: 4.4 MB

// Both work on blocking and non-blocking sockets. Failures, all `unknown`: linkLost (closed, broken, or no
// message of this protocol), timedOut.
api::Result<> write_message(int socket, const Message& message, api::Deadline deadline);
api::Result<Message> read_message(int socket, api::Deadline deadline);

boost::json::object to_json(const api::Failure& failure);
boost::json::object to_json(const api::PrinterIdentity& identity);
boost::json::object to_json(const api::Capabilities& capabilities);
boost::json::object to_json(const api::PrinterStatus& status);
boost::json::object to_json(const api::Counters& counters);
boost::json::object to_json(const api::Supplies& supplies);
boost::json::object to_json(const api::CardPlan& plan);
boost::json::object to_json(const api::Tracks& tracks);
// The faces as a request: sizes in the header, planes attached.
Message to_message(const api::Faces& faces);

// The way back; each throws a std::exception (boost::system::system_error, std::invalid_argument) for what is
// not one.
void from_json(const boost::json::object& json, api::Failure& failure);
void from_json(const boost::json::object& json, api::PrinterIdentity& identity);
void from_json(const boost::json::object& json, api::Capabilities& capabilities);
void from_json(const boost::json::object& json, api::PrinterStatus& status);
void from_json(const boost::json::object& json, api::Counters& counters);
void from_json(const boost::json::object& json, api::Supplies& supplies);
void from_json(const boost::json::object& json, api::CardPlan& plan);
void from_json(const boost::json::object& json, api::Tracks& tracks);
api::Faces faces_of(const Message& message);

}  // namespace simulated
