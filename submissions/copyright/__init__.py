"""What rights holders send: copyright reports and what becomes of them."""
