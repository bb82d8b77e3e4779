"""Many machines: experiments are sent to workers of Dask's, and their results come back as bytes.

It may know the engine, whose tasks it sends and carries out, and all that the engine knows. It must not know pages, nor
write a result in any other way than a build by itself would: what comes back stands in the store under the same key.
"""
