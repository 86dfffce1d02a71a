"""What readers read: sections, articles, pictures, and what is withheld from them."""
