#include "tools/ctl/pictures.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"

namespace ctl {
namespace {

namespace json = boost::json;

constexpr std::size_t photo_bytes_max = 1024 * 1024;  // of StorePhoto

// "C17-front.png", "C17-front-k.png"; nothing where the picture is none of this interface.
std::optional<std::string> file_name(const std::string& card, const json::object& picture) {
  const auto face = text(picture, "face"), plane = text(picture, "plane");
  if (face != "front" && face != "back") return std::nullopt;
  if (plane == "card") return card + "-" + face + ".png";
  if (plane != "color" && plane != "k" && plane != "overlay") return std::nullopt;
  return card + "-" + face + "-" + plane + ".png";
}

// Writes the picture, and says where it is; else what is wrong.
std::optional<std::string> write_picture(const Session& session, const json::object& picture) {
  const auto& said = session.arguments;
  const auto name = file_name(said.cards.front(), picture);
  const auto bytes = from_base64(text(picture, "png"));
  if (!name || !bytes) return "the answer is not one of this interface; is this the station's socket?";
  const auto path = (std::filesystem::path(said.folder) / *name).string();
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes->data(), static_cast<std::streamsize>(bytes->size()));
  file.close();
  if (!file) return path + " cannot be written: " + std::generic_category().message(errno);
  session.terminal.out << printable(path) << '\n';
  return std::nullopt;
}

}  // namespace

tl::expected<std::string, Exit> store_photo(const Session& session, const std::string& file) {
  const auto image = read_file(session.terminal, file, photo_bytes_max);
  if (!image) return tl::unexpected(session.fail(image.error()));
  const auto stored =
      session.station.call("org.cardwright.Production.StorePhoto", {{"image", base64(*image)}});
  if (!stored) return tl::unexpected(session.fail(stored.error()));
  return text(*stored, "photo");
}

Exit check_drawing(const Session& session, const std::vector<std::string>& cards) {
  auto exit = Exit::done;
  for (const auto& card : cards) {
    // One by one, since a reply may not hold them all; nobody looks at them.
    const auto drawn = session.station.call_more("org.cardwright.Production.PreviewCard", {{"card", card}},
                                                 [](const json::object&) { return true; });
    if (drawn) continue;
    exit = session.fail(drawn.error());
    if (drawn.error().name != "org.cardwright.Production.CardNotDrawable") break;
  }
  return exit;
}

namespace run_command {

Exit preview(const Session& session) {
  const auto& said = session.arguments;
  json::object parameters{{"card", said.cards.front()}};
  if (said.planes) parameters["planes"] = true;
  bool some = false;
  std::optional<std::string> wrong;
  const auto last = session.call_more("PreviewCard", std::move(parameters), [&](const json::object& reply) {
    for (const auto& picture : reply.at("pictures").as_array()) {
      some = true;
      if (!said.json && !wrong) wrong = write_picture(session, picture.as_object());
    }
  });
  if (!last) return session.fail(last.error());
  if (wrong) return session.fail(*wrong);
  if (!some && !said.json) session.terminal.out << said.cards.front() << ": nothing is printed on it\n";
  return Exit::done;
}

}  // namespace run_command
}  // namespace ctl
