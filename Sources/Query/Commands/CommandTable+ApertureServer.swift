/// ApertureDB's commands on indexes, the schema, the log, users and roles.
extension CommandTable {
    private static let target = CommandParameter(
        "target", .word(["entity", "connection"]), "what the class is of")
    private static let property = CommandParameter("property", .name, "the property")
    private static let kind = CommandParameter(
        "kind", .word(["ordered", "trigram"]), "`ordered` for comparisons, `trigram` for parts of texts")
    private static let index: [CommandParameter] = [
        target, .className("the class").required, property, kind,
        CommandParameter("index_type", .word(["entity", "connection"]), "the old name of `target`"),
        CommandParameter("property_key", .name, "the old name of `property`"),
        CommandParameter("property_type", .text, "without meaning here"),
    ]

    static let apertureServer: [CommandRow] = [
        CommandRow(
            "CreateIndex", .createIndex, "Makes an index of a property; the status is 2 if it is there.",
            index,
            example: #"{"CreateIndex": {"target": "entity", "class": "Person", "property": "age"}}"#),
        CommandRow(
            "RemoveIndex", .removeIndex, "Removes an index.", index,
            example:
                #"{"RemoveIndex": {"target": "entity", "class": "Person", "property": "age", "kind": "ordered"}}"#
        ),
        CommandRow(
            "GetIndexes", .getIndexes, "Tells which indexes there are.",
            [target, .className("the class"), property, kind], reply: "`indexes`",
            example: #"{"GetIndexes": {"target": "entity"}}"#),
        CommandRow(
            "GetStatus", .getStatus, "Tells that the server works, and its version.", [],
            reply: "`info`, `system`, `version`", example: #"{"GetStatus": {}}"#),
        CommandRow(
            "GetSchema", .getSchema, "Tells which classes and properties there are, and how many of each.",
            [
                CommandParameter("ref", .reference, "an earlier result whose classes alone are told of"),
                CommandParameter("refresh", .boolean, "without meaning here: it is always fresh"),
                CommandParameter(
                    "type", .word(["entities", "connections", "entity", "connection"]), "which half is told"),
            ], reply: "`entities`, `connections`", example: #"{"GetSchema": {}}"#),
        CommandRow(
            "UserLogMessage", .userLogMessage, "Writes a line into the server's log.",
            [
                CommandParameter("text", .text, "the line").required,
                CommandParameter(
                    "type", .word(UserLogMessage.Level.allCases.map(\.rawValue)), "INFO if not given"),
            ], example: #"{"UserLogMessage": {"text": "ingest begins", "type": "INFO"}}"#),
    ]

    private static let username = CommandParameter("username", .name, "who").required
    private static let roleName = CommandParameter("name", .name, "its name").required
    private static let role: [CommandParameter] = [
        roleName, CommandParameter("objects", .permissions, "what it may do with entities and connections"),
        CommandParameter("indexes", .permissions, "what it may do with indexes"),
        CommandParameter("access_control", .permissions, "what it may do with users and roles"),
    ]
    private static let user: [CommandParameter] = [
        username, CommandParameter("password", .text, "the password"),
        CommandParameter("email", .text, "an address"),
        CommandParameter("roles", .names, "the roles, all of them"),
        CommandParameter("add_tokens", .names, "tokens that open a session"),
    ]

    static let apertureAccess: [CommandRow] = [
        CommandRow(
            "Authenticate", .authenticate, "Opens a session, by password or by token.",
            [
                CommandParameter("username", .name, "who"),
                CommandParameter("password", .text, "the password"),
                CommandParameter("token", .name, "a token, instead of the password"),
            ],
            reply: "`session_token`, `refresh_token`, `session_token_expires_in`, `refresh_token_expires_in`",
            example: #"{"Authenticate": {"username": "ada", "password": "…"}}"#),
        CommandRow(
            "RefreshToken", .refreshToken, "Goes on with a session.",
            [CommandParameter("refresh_token", .name, "what Authenticate gave").required],
            reply: "as Authenticate", example: #"{"RefreshToken": {"refresh_token": "adbr_…"}}"#),
        CommandRow(
            "CreateRole", .createRole, "Makes a role. What is not allowed is denied.", role,
            example: #"{"CreateRole": {"name": "reader", "objects": {"read": true}}}"#),
        CommandRow(
            "UpdateRole", .updateRole, "Changes a role; what is not named stays.", role,
            example: #"{"UpdateRole": {"name": "reader", "objects": {"create": {"Note": true}}}}"#),
        CommandRow(
            "RemoveRole", .removeRole, "Removes a role.", [roleName],
            example: #"{"RemoveRole": {"name": "reader"}}"#),
        CommandRow(
            "CreateUser", .createUser, "Makes a user.", user,
            example: #"{"CreateUser": {"username": "ada", "password": "…", "roles": ["reader"]}}"#),
        CommandRow(
            "UpdateUser", .updateUser, "Changes a user; what is not named stays. Open sessions end.",
            user + [
                CommandParameter("add_roles", .names, "roles besides those there are"),
                CommandParameter("remove_roles", .names, "roles to take away"),
                CommandParameter(
                    "remove_tokens", .names, "tokens that no longer count, by their first 13 characters"),
            ], example: #"{"UpdateUser": {"username": "ada", "add_tokens": ["adbp_…"]}}"#),
        CommandRow(
            "RemoveUser", .removeUser, "Removes a user.", [username],
            example: #"{"RemoveUser": {"username": "ada"}}"#),
        CommandRow(
            "GetUserDetails", .getUserDetails, "Tells the roles and the tokens of a user.",
            [CommandParameter("username", .name, "who; the asker if not given")], reply: "`roles`, `tokens`",
            example: #"{"GetUserDetails": {"username": "ada"}}"#),
        CommandRow(
            "GenerateToken", .generateToken, "Makes a token, which UpdateUser may give to a user.", [],
            reply: "`token`", example: #"{"GenerateToken": {}}"#),
    ]
}
