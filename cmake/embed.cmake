# Writes OUT, a header with the text of each of FILES.
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(base ${file} NAME)
  file(READ ${file} text)
  string(APPEND rows "    {\"${base}\", R\"embedded(${text})embedded\"},\n")
endforeach()
list(LENGTH FILES count)
file(WRITE ${OUT} "#pragma once\n#include <array>\n#include <string_view>\n#include <utility>\nnamespace embedded {\n"
  "// The file of that base name, or empty when there is none.\n"
  "inline std::string_view ${NAME}(std::string_view name) {\n"
  "  static constexpr std::array<std::pair<std::string_view, std::string_view>, ${count}> files{{\n${rows}  }};\n"
  "  for (const auto& [base, text] : files)\n    if (base == name) return text;\n  return {};\n}\n}  // namespace embedded\n")
