"""From experiments to results: what is to be done is planned, run, recorded and drawn.

It may know the course, the methods, the networks, the figures and the cache. It must not know that there are pages: who
shows results takes them as `netviz.engine.result_views` gives them.
"""
