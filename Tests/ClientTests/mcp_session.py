"""Talks to `fovea mcp` with the protocol's own client: python mcp_session.py FOVEA STORE, with the package `mcp` (2.3).

Prints what the session agreed on, and fails where the store's tools are not listed, called and refused as they should.
"""

import asyncio
import base64
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main(program, store, *options):
    server = StdioServerParameters(command=program, args=["mcp", "--store", store, *options])
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        tools = [tool.name for tool in (await session.list_tools()).tools]
        print("agreed on", hello.protocol_version, "with", hello.server_info.name, tools)
        assert ("declare_classes" in tools) == ("--allow-writes" in options)
        schema = await session.call_tool("schema", {})
        assert not schema.is_error and schema.structured_content["classes"]
        found = await session.call_tool("query", {"question": "images wider than 1", "limit": 3})
        print("query gives", found.structured_content["filter"], found.structured_content["count"])
        image = found.structured_content["entities"][0]["_uniqueid"]
        shown = (await session.call_tool("show", {"id": image, "size": 64})).content[0]
        assert shown.type == "image" and base64.b64decode(shown.data)[:3] == b"\xff\xd8\xff"
        wrong = await session.call_tool("query", {"question": "images widr than 1"})
        assert wrong.is_error and "wider" in wrong.content[0].text
        print("refused:", wrong.content[0].text)


asyncio.run(main(*sys.argv[1:]))
