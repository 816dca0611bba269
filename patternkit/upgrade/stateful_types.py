"""Which resources hold something that goes with them: data, or an address that others depend on."""

from functools import cache

from patternkit.testing.stateful import STATEFUL

_ALSO = frozenset(
    {
        "AWS::ACMPCA::CertificateAuthority",
        "AWS::APS::Workspace",
        "AWS::AmazonMQ::Broker",
        "AWS::Cassandra::Keyspace",
        "AWS::Cassandra::Table",
        "AWS::CloudTrail::EventDataStore",
        "AWS::CodeArtifact::Repository",
        "AWS::CodeCommit::Repository",
        "AWS::Cognito::IdentityPool",  # whose identities are what the data of users is kept under
        "AWS::DSQL::Cluster",
        "AWS::DocDBElastic::Cluster",
        "AWS::EC2::Instance",  # the volumes that it is started with are deleted with it
        "AWS::ECR::PublicRepository",
        "AWS::EKS::Cluster",  # what is deployed into it, and the certificate that its clients trust
        "AWS::ElastiCache::ServerlessCache",
        "AWS::HealthImaging::Datastore",
        "AWS::HealthLake::FHIRDatastore",
        "AWS::KMS::ReplicaKey",
        "AWS::Kendra::Index",
        "AWS::KinesisVideo::Stream",
        "AWS::Lightsail::Database",
        "AWS::Lightsail::Disk",
        "AWS::MSK::Cluster",
        "AWS::MSK::ServerlessCluster",
        "AWS::MemoryDB::Cluster",
        "AWS::NeptuneGraph::Graph",
        "AWS::OpenSearchServerless::Collection",
        "AWS::RDS::GlobalCluster",
        "AWS::RedshiftServerless::Namespace",
        "AWS::S3Express::DirectoryBucket",
        "AWS::S3Outposts::Bucket",
        "AWS::S3Tables::Table",
        "AWS::S3Tables::TableBucket",
        "AWS::S3Vectors::Index",
        "AWS::S3Vectors::VectorBucket",
        "AWS::SageMaker::NotebookInstance",
        "AWS::Timestream::Database",
        "AWS::Timestream::InfluxDBInstance",
        "AWS::Timestream::Table",
        "AWS::WorkSpaces::Workspace",
    }
)


@cache
def _of_cfn_lint() -> frozenset[str]:
    import cfnlint.data.AdditionalSpecs
    from cfnlint.helpers import load_resource

    return frozenset(load_resource(cfnlint.data.AdditionalSpecs, "StatefulResources.json")["ResourceTypes"])


def is_stateful(resource_type: str) -> bool:
    """Whether something is lost when a resource of a type is replaced or deleted.

    Args:
        resource_type: The type, as `AWS::S3::Bucket`.

    Returns:
        Whether it holds data, or an address that others depend on.
    """
    return resource_type in STATEFUL or resource_type in _ALSO or resource_type in _of_cfn_lint()
