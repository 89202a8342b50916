#pragma once
#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drawing {

// Where in a layout's text something stands.
class Lines {
 public:
  Lines() = default;
  explicit Lines(std::string_view text);

  int of(std::ptrdiff_t offset) const;
  int of(pugi::xml_node node) const { return of(node.offset_debug()); }

 private:
  std::vector<std::ptrdiff_t> ends_;
};

// What is wrong with a layout's text, each with its line.
class Problems {
 public:
  explicit Problems(std::string_view text) : lines_(text) {}

  void add(std::ptrdiff_t offset, std::string_view what);
  void add(pugi::xml_node node, std::string_view what) { add(node.offset_debug(), what); }
  const Lines& lines() const { return lines_; }
  bool none() const { return found_.empty(); }
  // "line 12: …", from the first line to the last.
  std::vector<std::string> in_order() const;

 private:
  Lines lines_;
  std::vector<std::pair<int, std::string>> found_;
};

// Calls `visit(node, depth)` with every node until it says false. The nodes may change, but not go.
template <class Visit>
void walk(pugi::xml_node top, Visit visit) {
  struct Walker : pugi::xml_tree_walker {
    explicit Walker(Visit& v) : visit(v) {}
    bool for_each(pugi::xml_node& node) override { return visit(node, depth()); }
    Visit& visit;
  } walker(visit);
  top.traverse(walker);
}

}  // namespace drawing
