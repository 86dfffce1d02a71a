"""How machines find the articles: feeds, sitemaps, structured data, and what crawlers are asked."""
