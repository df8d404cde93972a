"""Everything that is not a page: data, training, the predictions table, the questions asked of it.

    datasets -> training -> inference -> runs  |  runs -> queries -> evaluation -> dashboard
              writes one run folder          |  explain -> concepts -> fixes -> report

The predictions table is the bridge: predict once, ask for ever.
"""
