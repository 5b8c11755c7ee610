"""What stands between the network and an application: limits of connections, and how a server is started."""
