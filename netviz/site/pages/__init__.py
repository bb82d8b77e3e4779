"""The pages of a site, kind by kind: lessons, galleries, those beside them, and what is made of whole lessons.

It may know the edition that a page is of, and all that pages share. It must not know another stage: nothing is checked
here, and nothing written; `netviz.site.weave` puts what is made here together.
"""
