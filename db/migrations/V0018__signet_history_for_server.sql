-- Why: a server that does not migrate itself (signet.database.migrations = await) waits until the
-- history says that its schema is there, and may not do more than look.

GRANT USAGE ON SCHEMA signet TO signet_server;
GRANT SELECT ON signet.flyway_schema_history TO signet_server;
