"""Everything that is not a page: data, training, the predictions table, the questions asked of it.

    datasets -> model -> training -> inference -> runs   |   runs -> queries, metrics -> dashboard
                      writes one run folder              |              reads it

The predictions table is the bridge: predict once, ask for ever.
"""
