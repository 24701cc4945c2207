"""What the catalogue knows of each outcome measure, as pages for staff."""
