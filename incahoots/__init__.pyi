# The public API: the one list of its names, which __init__.py reads and type checkers too.
from .analytics.campaigns.explain import (
    explain_day as explain_day,
    posts_behind as posts_behind,
)
from .analytics.campaigns.features import (
    campaign_features as campaign_features,
    read_features as read_features,
)
from .analytics.campaigns.model import (
    CampaignModel as CampaignModel,
    load_model as load_model,
    train_model as train_model,
)
from .analytics.campaigns.options import (
    EvaluationOptions as EvaluationOptions,
    EvidenceOptions as EvidenceOptions,
    FeatureOptions as FeatureOptions,
    TrainingOptions as TrainingOptions,
)
from .analytics.coordination.co_similarity import (
    Similarity as Similarity,
)
from .analytics.coordination.coordinate import (
    Coordination as Coordination,
    coordinate as coordinate,
)
from .analytics.coordination.discount import (
    discount as discount,
)
from .analytics.coordination.sweep import (
    sweep as sweep,
)
from .analytics.coordination.timeline import (
    coordinated_posts as coordinated_posts,
    edge_times as edge_times,
)
from .analytics.drivers.drivers import (
    drivers as drivers,
)
from .analytics.drivers.options import (
    DriverOptions as DriverOptions,
    DriverSettings as DriverSettings,
    ThresholdOptions as ThresholdOptions,
)
from .analytics.drivers.tables import (
    Drivers as Drivers,
)
from .analytics.drivers.thresholds import (
    driver_thresholds as driver_thresholds,
)
from .analytics.explore.exploration import (
    Exploration as Exploration,
    explore as explore,
)
from .analytics.influence.first_posters import (
    FirstPosters as FirstPosters,
    first_posters as first_posters,
)
from .analytics.influence.influence import (
    Influence as Influence,
    InfluenceSplit as InfluenceSplit,
    influence as influence,
    influence_split as influence_split,
)
from .analytics.influence.options import (
    InfluenceOptions as InfluenceOptions,
)
from .analytics.interstate.case_study import (
    CaseStudy as CaseStudy,
    state_pair as state_pair,
)
from .analytics.interstate.features import (
    role_features as role_features,
)
from .analytics.interstate.interstate import (
    Interstate as Interstate,
    interstate as interstate,
)
from .analytics.interstate.options import (
    InterstateOptions as InterstateOptions,
    PairOptions as PairOptions,
)
from .analytics.networks.clusters import (
    clusters as clusters,
)
from .analytics.networks.communities import (
    Communities as Communities,
    communities as communities,
)
from .analytics.networks.exports import (
    network as network,
    write as write,
)
from .analytics.pictures import (
    draw_heatmap as draw_heatmap,
    draw_influence as draw_influence,
    draw_months as draw_months,
    draw_network as draw_network,
    draw_states as draw_states,
    draw_sweep as draw_sweep,
    draw_timeline as draw_timeline,
    picture as picture,
    save_picture as save_picture,
)
from .analytics.pictures.campaigns import (
    draw_days as draw_days,
    draw_participation as draw_participation,
)
from .analytics.pictures.drivers import (
    draw_quality as draw_quality,
    draw_sentiment as draw_sentiment,
    draw_thresholds as draw_thresholds,
    draw_topics as draw_topics,
)
from .analytics.report.report import (
    Reported as Reported,
    report as report,
)
from .analytics.runs.evidence import (
    why as why,
)
from .analytics.runs.queries import (
    query as query,
)
from .analytics.runs.store import (
    drop as drop,
    edges as edges,
    runs as runs,
)
from .analytics.significance.significance import (
    Significance as Significance,
    significance as significance,
)
from .database import (
    Database as Database,
    connect as connect,
)
from .errors import (
    IncahootsError as IncahootsError,
)
from .loaders.load import (
    Loaded as Loaded,
    Operation as Operation,
    load as load,
)
from .loaders.options import (
    LoadOptions as LoadOptions,
)
from .simulator import (
    Simulation as Simulation,
    simulate as simulate,
)
from .simulator.bilingual import (
    simulate_bilingual as simulate_bilingual,
)
from .simulator.options import (
    DiscussionOptions as DiscussionOptions,
    SimulationOptions as SimulationOptions,
)

__version__: str
