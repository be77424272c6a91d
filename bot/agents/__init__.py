"""The door for agents: the library over the Model Context Protocol (MCP), read-only, by the official package `mcp`."""
