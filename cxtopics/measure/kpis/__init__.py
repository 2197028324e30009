"""Key figures of service, customers and visits, absent ones with their reason."""
