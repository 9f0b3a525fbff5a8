"""One GET as publishers wish it: addresses judged, hosts paced, robots.txt, redirects, outcomes named."""
