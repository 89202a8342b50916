#pragma once
#include "tools/ctl/commands.hpp"

// From what the command line said to the parameters of a call, and back.
namespace ctl {

// The parameters that every changing command may have.
ipc::json::object begin(const Arguments& arguments);
ipc::json::array strings(const std::vector<std::string>& texts);
// Options of the cards, as far as they were given.
void add_options(ipc::json::object& parameters, const Arguments& arguments);
// Fields, photo, note and options of cards that are requested or ordered. The photo is stored first; where
// that goes wrong it was said, and this is the status to end with.
std::optional<Exit> add_wishes(ipc::json::object& parameters, const Session& session);

// The texts of a list, ready to be printed; none where there is no such list.
std::vector<std::string> list(const ipc::json::object& reply, std::string_view member);
bool is_true(const ipc::json::object& reply, std::string_view member);

// A whole file, or standard input where it is called "-"; else what is wrong with it, for people.
tl::expected<std::string, std::string> read_file(const Terminal& terminal, const std::string& path,
                                                 std::size_t bytes_max);
// RFC 4648 section 4.
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace ctl
