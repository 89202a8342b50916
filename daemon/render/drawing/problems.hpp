#pragma once
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drawing {

// What is wrong with a layout's text, each with its line.
class Problems {
 public:
  explicit Problems(std::string_view text) : text_(text) {}

  void add(std::ptrdiff_t offset, std::string_view what);
  void add(pugi::xml_node node, std::string_view what) { add(node.offset_debug(), what); }
  int line_of(pugi::xml_node node) const { return line_at(node.offset_debug()); }
  bool none() const { return found_.empty(); }
  // "line 12: …", from the first line to the last.
  std::vector<std::string> in_order() const;

 private:
  int line_at(std::ptrdiff_t offset) const;

  std::string_view text_;
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
