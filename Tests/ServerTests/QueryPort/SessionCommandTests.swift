import Testing

@testable import Server

/// The two commands that begin a session.
@Suite struct SessionCommandTests {
    private func read(_ json: String) throws -> SessionCommand? {
        let bytes = Array(json.utf8)
        guard let name = SessionCommand.name(in: bytes) else { return nil }
        return try SessionCommand(name, json: bytes)
    }

    @Test(
        "what clients send is understood",
        arguments: [
            (
                #"[{"Authenticate": {"username": "a", "password": "b"}}]"#,
                SessionCommand.password(username: "a", password: "b")
            ),
            (
                #" [ {  "Authenticate" : {"username":"a","token":"adbp_x"} } ]"#,
                .token(username: "a", token: "adbp_x")
            ),
            (#"[{"Authenticate":{"token":"t"}}]"#, .token(username: nil, token: "t")),
            (#"[{"Authenticate":{"username":"","token":"t"}}]"#, .token(username: nil, token: "t")),
            (#"[{"Authenticate":{"username":null,"token":"t"}}]"#, .token(username: nil, token: "t")),
            (#"[{"RefreshToken": {"refresh_token": "r"}}]"#, .refresh(token: "r")),
        ])
    func understood(json: String, command: SessionCommand) throws { #expect(try read(json) == command) }

    @Test(
        "another query is none of them",
        arguments: [
            #"[{"FindImage":{}}]"#, #"[{"Authenticated":{}}]"#, #"{"Authenticate":{}}"#, "[]", "", "[{",
            #"[{"FindImage":{}},{"Authenticate":{}}]"#,
        ])
    func another(json: String) throws { #expect(try read(json) == nil) }

    @Test(
        "one that lacks something says what",
        arguments: [
            (#"[{"Authenticate":{"username":"a"}}]"#, "password"),
            (#"[{"Authenticate":{"password":"b"}}]"#, "username"),
            (#"[{"Authenticate":{"username":"a","password":"b","token":"c"}}]"#, "either"),
            (#"[{"Authenticate":{"username":1,"password":"b"}}]"#, "must be text"),
            (#"[{"Authenticate":{"username":"a","password":"b"}},{"FindImage":{}}]"#, "only command"),
            (#"[{"Authenticate":{}"#, "no JSON"), (#"[{"RefreshToken":{}}]"#, "refresh_token"),
            (#"[{"Authenticate":[]}]"#, "only command"),
        ])
    func lacking(json: String, reason: String) {
        let fault = #expect(throws: SessionCommand.Fault.self) { _ = try read(json) }
        #expect(fault?.message.contains(reason) == true, "\(fault?.message ?? "")")
    }
}
