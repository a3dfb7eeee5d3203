import Glibc

/// Where OpenVINO's C library may be, in the order in which it is looked for.
struct OpenVINOSearch {
    /// The folder of `FOVEA_OPENVINO`, which must have it if it is set.
    var folder: String?
    /// Where this program lies, with its name.
    var program: String?
    /// The folders of virtual environments that are active.
    var environments: [String] = []
    /// The user's own folder.
    var home: String?

    static func ofThisProcess() -> OpenVINOSearch {
        func value(_ name: String) -> String? {
            guard let value = getenv(name), value.pointee != 0 else { return nil }
            return String(cString: value)
        }
        var program: String?
        if let path = realpath("/proc/self/exe", nil) {
            program = String(cString: path)
            free(path)
        }
        return OpenVINOSearch(
            folder: value("FOVEA_OPENVINO"), program: program,
            environments: ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap(value), home: value("HOME"))
    }

    /// Paths, or names for the dynamic linker, of libraries to try. Where ``folder`` is set it is the only
    /// one: whoever names a folder does not want another one's library.
    var candidates: [String] {
        if let folder {
            return OpenVINOSearch.libraries(in: folder)
                + OpenVINOSearch.libraries(in: folder + "/openvino/libs")
        }
        var found: [String] = []
        if let program {
            let parts = program.split(separator: "/", omittingEmptySubsequences: true)
            let binary = parts.dropLast()
            found += OpenVINOSearch.libraries(
                in: OpenVINOSearch.path(binary.dropLast()) + "/lib/fovea/openvino/libs")
            // A program within a source tree uses what the tree's scripts/setup has installed.
            if let build = parts.lastIndex(where: { $0.hasPrefix(".build") }) {
                found += OpenVINOSearch.libraries(
                    in: OpenVINOSearch.path(parts[..<build])
                        + "/.tools/openvino/lib/python3*/site-packages/openvino/libs")
            }
        }
        found += ["libopenvino_c.so"] + OpenVINOSearch.systemFolders.flatMap(OpenVINOSearch.libraries)
        let pythons =
            environments.map { $0 + "/lib/python3*/site-packages" }
            + [home.map { $0 + "/.local/lib/python3*/site-packages" }].compactMap { $0 }
            + [
                "/usr/local/lib/python3*/site-packages", "/usr/local/lib/python3*/dist-packages",
                "/usr/lib/python3/dist-packages",
            ]
        for pattern in pythons {
            found += OpenVINOSearch.matches(pattern + "/openvino/libs/libopenvino_c.so*")
        }
        return found
    }

    /// What to say where none could be opened.
    static func advice(after complaints: [String]) -> String {
        var text = """
            models need OpenVINO, which is not on this machine: 'pip install openvino' gives it (a virtual \
            environment that is active is found), or let FOVEA_OPENVINO name the folder that holds \
            libopenvino_c.so
            """
        if let folder = ofThisProcess().folder {
            text =
                "models need OpenVINO, and FOVEA_OPENVINO names \(folder), which holds no libopenvino_c.so that opens"
        }
        // The last one is of the place that most likely has it; the first ones are names that nobody has.
        if let last = complaints.last(where: { !$0.contains("libopenvino_c.so: cannot open") }) {
            text += " (\(last))"
        }
        return text
    }

    // MARK: - Private

    private static let systemFolders = [
        "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib", "/usr/lib64",
    ]

    private static func path(_ parts: ArraySlice<Substring>) -> String { "/" + parts.joined(separator: "/") }

    /// The wheel has the library under its full name only, as in `libopenvino_c.so.2641`.
    private static func libraries(in folder: String) -> [String] { matches(folder + "/libopenvino_c.so*") }

    /// The paths that a pattern of the shell stands for, the last in order first: newer versions have higher
    /// numbers.
    private static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
            .reversed()
    }
}
