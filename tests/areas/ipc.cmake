add_subdirectory(conformance/varlink)
